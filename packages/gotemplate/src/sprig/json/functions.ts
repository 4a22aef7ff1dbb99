import type { CallContext, GoFunction } from '../../value/model.ts';
import { ANY, STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, text } from '../signature.ts';
import { unlessRefused } from '../unless-refused.ts';
import { decodeJson } from './decode.ts';
import { encodeJson, type JsonStyle } from './encode.ts';

const encoder = (style: JsonStyle): GoFunction => fixed([any], STRING, ([value], context) => encodeJson(value, style, context));

/** The empty text for what cannot be encoded. */
const lenient = (style: JsonStyle): GoFunction =>
  fixed([any], STRING, ([value], context) => unlessRefused(() => encodeJson(value, style, context)) ?? '');

const COMPACT: JsonStyle = { html: true, pretty: false };
const PRETTY: JsonStyle = { html: true, pretty: true };
const RAW: JsonStyle = { html: false, pretty: false };

function decoded(given: string, context: CallContext) {
  const { value, error } = decodeJson(given, context);
  if (error !== undefined) throw error;
  return value;
}

export const JSON_FUNCTIONS: FunctionMap = new Map([
  ['toJson', lenient(COMPACT)],
  ['mustToJson', encoder(COMPACT)],
  ['toPrettyJson', lenient(PRETTY)],
  ['mustToPrettyJson', encoder(PRETTY)],
  ['toRawJson', encoder(RAW)],
  ['mustToRawJson', encoder(RAW)],
  ['fromJson', fixed([text], ANY, ([given], context) => unlessRefused(() => decodeJson(given, context).value) ?? null)],
  ['mustFromJson', fixed([text], ANY, ([given], context) => decoded(given, context))],
]);
