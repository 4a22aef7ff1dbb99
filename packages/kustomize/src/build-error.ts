/** Why something cannot be built: for the author of the files. The message starts with the file it is about. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
