/** A JSON value. Integers outside the range a `number` holds exactly are `bigint`: Kubernetes has int64 fields. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: JsonValue;
}
