let made = 0;
const canaries: string[] = [];

/** A secret that has not been used before, with characters that each encoding changes; the number tells them apart. */
export function canary(): string {
  made += 1;
  const text = `CANARY${String(made).padStart(3, '0')}/s3cr+t%40=x?&end`;
  canaries.push(text);
  return text;
}

/** How many there are. */
export const canaryCount = (): number => canaries.length;

/** All the ways in which one could be told: as it is, encoded for an address, in base64 wherever it begins, in JSON. */
const formsOf = (text: string): readonly string[] => [
  text,
  encodeURIComponent(text),
  encodeURI(text),
  new URLSearchParams({ '': text }).toString().slice(1),
  ...['', 'x', 'xx'].flatMap((before) => {
    const inner = Buffer.from(before + text)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(4, -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  }),
];

/** Each canary that a text tells, in whatever form, with what stands before it. Texts are named by where they were found. */
export const canariesIn = (texts: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(texts).flatMap(([where, text]) =>
    canaries.flatMap((each) =>
      formsOf(each).flatMap((form) =>
        text.includes(form) ? [`${where}: …${text.slice(Math.max(0, text.indexOf(form) - 200), text.indexOf(form) + form.length)}`] : [],
      ),
    ),
  );
