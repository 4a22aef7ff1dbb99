const ANNOTATION = 'kustomize.toolkit.fluxcd.io/decrypt';

/** Whether an object asks to be left as it is, by the text at a path of its keys. */
export const isExempt = (textAt: (...path: readonly string[]) => string | undefined): boolean =>
  isDisabled(textAt('metadata', 'annotations', ANNOTATION));

/** The same by its annotations. */
export const isExempted = (annotations: Readonly<Record<string, string>>): boolean => isDisabled(annotations[ANNOTATION]);

// A tenant's annotation may be no text at all.
const isDisabled = (value: unknown): boolean => typeof value === 'string' && value.toLowerCase() === 'disabled';
