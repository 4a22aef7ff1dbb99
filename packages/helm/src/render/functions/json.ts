import { DICT, type GoFunction, LIST, Typed } from '@gotk/gotemplate';
import { decodeJson } from '@gotk/gotemplate/sprig';
import { fromText, type Unmarshal } from './from-text.ts';
import { checkType } from './json-type.ts';

const unmarshaled: Unmarshal = (text, wanted, context) => {
  const { value, error } = decodeJson(text, context);
  if (value === null) return new Typed(wanted === 'map' ? DICT : LIST, null);
  checkType(value, wanted);
  if (error !== undefined) throw error;
  return value;
};

/** Helm's functions around JSON, besides Sprig's. */
export const JSON_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(fromText('Json', unmarshaled));
