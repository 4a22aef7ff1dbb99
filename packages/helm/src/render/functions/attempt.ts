import { FunctionError, type GoValue } from '@gotk/gotemplate';

/** What a Go function did not see coming: it is an error of the template, whatever the function does with errors. */
export class Panic extends FunctionError {}

/** What a template that cannot be told of an error gets instead. */
export function attempt(work: () => GoValue, instead: (message: string) => GoValue): GoValue {
  try {
    return work();
  } catch (error) {
    if (error instanceof FunctionError && !(error instanceof Panic)) return instead(error.message);
    throw error;
  }
}
