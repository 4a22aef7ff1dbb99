import { DICT_CASES } from './dict-cases.ts';
import { ENCODING_CASES } from './encoding-cases.ts';
import { JSON_CASES } from './json-cases.ts';
import { LIST_CASES } from './list-cases.ts';
import { LOGIC_CASES } from './logic-cases.ts';
import { NUMBER_CASES } from './number-cases.ts';
import { PATH_CASES } from './path-cases.ts';
import { RANDOM_CASES } from './random-cases.ts';
import { REGEX_CASES } from './regex-cases.ts';
import type { SprigCases } from './sprig-cases.ts';
import { TEXT_CASES } from './text-cases.ts';

export const SPRIG_CASES: SprigCases = {
  ...TEXT_CASES,
  ...LIST_CASES,
  ...DICT_CASES,
  ...LOGIC_CASES,
  ...NUMBER_CASES,
  ...JSON_CASES,
  ...ENCODING_CASES,
  ...PATH_CASES,
  ...REGEX_CASES,
  ...RANDOM_CASES,
};
