import { isRecord, type Unstructured } from '@gotk/apimachinery';

/** Reads of an object that nobody has checked: a field of the wrong type counts as absent. */
export interface Fields {
  number(path: string): number | undefined;
  string(path: string): string | undefined;
  boolean(path: string): boolean | undefined;
  condition(type: string): ConditionFields | undefined;
}

export interface ConditionFields {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function fieldsOf(object: Unstructured): Fields {
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), object);
  return {
    number: (path) => {
      const value = at(path);
      return typeof value === 'number' ? value : undefined;
    },
    string: (path) => {
      const value = at(path);
      return typeof value === 'string' ? value : undefined;
    },
    boolean: (path) => {
      const value = at(path);
      return typeof value === 'boolean' ? value : undefined;
    },
    condition: (type) => {
      const conditions = at('status.conditions');
      const found = Array.isArray(conditions) ? conditions.find((condition) => isRecord(condition) && condition.type === type) : undefined;
      return isRecord(found)
        ? { status: String(found.status), reason: String(found.reason ?? ''), message: String(found.message ?? '') }
        : undefined;
    },
  };
}
