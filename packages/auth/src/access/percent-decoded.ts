/** What stands percent-encoded in the login of a URL; a percent sign that encodes nothing is meant as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
