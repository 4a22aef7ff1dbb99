/** Text as it is, or what stands between `${` and `}`. */
export type Part = string | Expression;

/** One `${…}`, by what it does with the value of its variable. */
export type Expression = Operation & {
  readonly variable: string;
  /** Where its `${` is in the text. */
  readonly at: number;
};

export type Operation =
  | { readonly kind: 'value' }
  /** `${#name}` */
  | { readonly kind: 'length' }
  /** `${name=…}`, `${name:=…}`, `${name:-…}`, `${name:?…}` and `${name:+…}`, which all mean the same. */
  | { readonly kind: 'default'; readonly parts: readonly Part[] }
  /** `${name^}`, `${name^^}`, `${name,}`, `${name,,}`; `keep` for a mixture of both signs. */
  | { readonly kind: 'case'; readonly change: CaseChange }
  /** `${name:offset}` and `${name:offset:length}` */
  | { readonly kind: 'slice'; readonly offset: Part; readonly length?: Part }
  /** `${name#pattern}`, `${name##pattern}`, `${name%pattern}`, `${name%%pattern}` */
  | { readonly kind: 'trim'; readonly end: 'start' | 'end'; readonly longest: boolean; readonly pattern: Part }
  /** `${name/old/new}`, `${name//old/new}`, `${name/#old/new}`, `${name/%old/new}` */
  | { readonly kind: 'replace'; readonly where: Place; readonly old: Part; readonly by?: Part };

export type CaseChange = 'first-upper' | 'upper' | 'first-lower' | 'lower' | 'keep';

/** Which of the occurrences are replaced; `start` and `end`: the one that is there, if any. */
export type Place = 'first' | 'all' | 'start' | 'end';

/** The variables of an expression and of those within it, the outermost first. */
export function variablesOf(part: Part): readonly string[] {
  if (typeof part === 'string') return [];
  const within = operandsOf(part).flatMap(variablesOf);
  return [part.variable, ...within.filter((name) => name !== part.variable)];
}

function operandsOf(expression: Expression): readonly Part[] {
  switch (expression.kind) {
    case 'value':
    case 'length':
    case 'case':
      return [];
    case 'default':
      return expression.parts;
    case 'slice':
      return [expression.offset, expression.length ?? ''];
    case 'trim':
      return [expression.pattern];
    case 'replace':
      return [expression.old, expression.by ?? ''];
  }
}
