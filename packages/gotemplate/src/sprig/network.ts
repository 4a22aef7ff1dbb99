import { STRING } from '../value/type.ts';
import type { FunctionMap } from './function-map.ts';
import { fixed, text } from './signature.ts';

/** Templates do not ask the network: no name has an address, as in Helm unless somebody allows it to ask DNS. */
export const NETWORK: FunctionMap = new Map([['getHostByName', fixed([text], STRING, () => '')]]);
