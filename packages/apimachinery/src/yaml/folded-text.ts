/**
 * What becomes of a folded text when go-yaml 3 prints it as one and reads it again, which kustomize does with every object. Printing looks at the beginning of
 * the text where it means the next line, so that line breaks before indented lines and at the end become more, or others fewer.
 */
export function reprintedFoldedText(text: string): string {
  if (!isPrintedAsBlock(text) || /^\n*$/.test(text)) return text;
  return readBack(printed(text), endOf(text));
}

/** Anything else it prints in double quotes, where nothing is lost. */
const isPrintedAsBlock = (text: string): boolean => !/ \n| $|[^\n\t\x20-\x7e\x85\xa0-\ufffd]/.test(text);

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

function printed(text: string): string {
  const first = /[^\n]/.exec(text)?.[0];
  const doubles = first !== undefined && !isBlank(first);
  const lines = text.split('\n');
  // A break behind a line that is neither empty nor indented is folded away when it is read, unless it is there twice.
  return lines
    .map((line, index) => {
      const isLast = index === lines.length - 1;
      const isFolded = doubles && line !== '' && !isBlank(line[0]);
      return isLast ? line : `${line}${isFolded ? '\n\n' : '\n'}`;
    })
    .join('');
}

type End = 'strip' | 'clip' | 'keep';

const endOf = (text: string): End => (!text.endsWith('\n') ? 'strip' : text === '\n' || text.endsWith('\n\n') ? 'keep' : 'clip');

function readBack(body: string, end: End): string {
  let [text, lineBreak, emptyLines] = ['', '', ''];
  let wasIndented = false;
  const [content, tail = ''] = [body.replace(/\n+$/, ''), /\n+$/.exec(body)?.[0]];
  for (const line of content.split('\n')) {
    if (line === '') {
      if (lineBreak === '') text += '\n';
      else emptyLines += '\n';
      continue;
    }
    const isIndented = isBlank(line[0]);
    const isFolded = lineBreak !== '' && !wasIndented && !isIndented;
    text += isFolded ? (emptyLines === '' ? ' ' : emptyLines) : lineBreak + emptyLines;
    text += line;
    [lineBreak, emptyLines, wasIndented] = ['\n', '', isIndented];
  }
  return text + (end === 'strip' ? '' : end === 'clip' ? tail.slice(0, 1) : tail);
}
