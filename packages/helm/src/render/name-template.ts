import { TemplateError, TemplateSet } from '@gotk/gotemplate';
import { sprigFunctions } from '@gotk/gotemplate/sprig';
import { HelmError } from '../helm-error.ts';

const NAME = 'name-template';

/** The name of a release that `--name-template` asks for: a template with Sprig's functions and no data. Throws `HelmError` of kind `invalid-template`. */
export function releaseNameOf(template: string): string {
  try {
    const set = new TemplateSet({ name: NAME, functions: sprigFunctions() });
    set.parse(NAME, template);
    return set.execute(NAME, null);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new HelmError('invalid-template', error.message, { cause: error });
  }
}
