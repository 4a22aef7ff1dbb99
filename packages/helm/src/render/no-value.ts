/** What Go prints for what is not there, even where it was told to take a zero for it: Helm removes it, wherever it comes from. */
export const withoutNoValue = (text: string): string => text.replaceAll('<no value>', '');
