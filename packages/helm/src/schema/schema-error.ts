/** Why a schema cannot be used, whatever the values. */
export class InvalidSchema extends Error {
  override readonly name = 'InvalidSchema';
}

/** A schema asks for more work than anybody can mean. */
export class SchemaTooLarge extends Error {
  override readonly name = 'SchemaTooLarge';
}
