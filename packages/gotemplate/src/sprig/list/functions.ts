import { type CallContext, type GoFunction, type GoType, type GoValue, Typed } from '../../value/model.ts';
import { ANY, BOOL, LIST } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { isEmpty } from '../logic/empty.ts';
import { deepEqual } from '../reflection/deep-equal.ts';
import { any, fixed, variadic } from '../signature.ts';
import { listElements } from './elements.ts';

const NIL_LIST = new Typed(LIST, null);

/** `find first`, and `must` with a capital: both refuse what is no list, and in the same words. */
function both(name: string, callee: GoFunction): readonly (readonly [string, GoFunction])[] {
  return [
    [name, callee],
    [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, callee],
  ];
}

type Elements = readonly GoValue[];

/** A function of the elements of a list. */
const ofElements = (name: string, result: GoType, call: (elements: Elements, context: CallContext) => GoValue): GoFunction =>
  fixed([any], result, ([list], context) => call(listElements(list, `Cannot ${name} on type %`, context), context));

/** Of all but one; of an empty list, nil. */
const part = (name: string, call: (elements: Elements) => Elements): GoFunction =>
  ofElements(name, LIST, (elements) => (elements.length === 0 ? NIL_LIST : call(elements)));

/** The first or the last; of an empty list, nil. */
const end = (name: string, at: 0 | -1): GoFunction =>
  fixed([any], ANY, ([list]) => listElements(list, `Cannot ${name} on type %`).at(at) ?? null);

const isAmong = (elements: Elements, wanted: GoValue, context: CallContext): boolean =>
  elements.some((element) => deepEqual(wanted, element, context));

const append = fixed([any, any], LIST, ([list, value], context) => [...listElements(list, 'Cannot push on type %', context), value]);
const tuple = variadic([any], LIST, (_, values) => values);

export const LISTS: FunctionMap = new Map([
  ['list', tuple],
  ['tuple', tuple],
  ...both('append', append),
  ...both('push', append),
  ...both(
    'prepend',
    fixed([any, any], LIST, ([list, value], context) => [value, ...listElements(list, 'Cannot prepend on type %', context)]),
  ),
  ...both('first', end('find first', 0)),
  ...both('last', end('find last', -1)),
  ...both(
    'rest',
    part('find rest', (elements) => elements.slice(1)),
  ),
  ...both(
    'initial',
    part('find initial', (elements) => elements.slice(0, -1)),
  ),
  ...both(
    'reverse',
    ofElements('find reverse', LIST, (elements) => elements.toReversed()),
  ),
  ...both(
    'compact',
    ofElements('compact', LIST, (elements) => elements.filter((element) => !isEmpty(element))),
  ),
  ...both(
    'uniq',
    ofElements('find uniq', LIST, (elements, context) => {
      const kept: GoValue[] = [];
      for (const element of elements) if (!isAmong(kept, element, context)) kept.push(element);
      return kept;
    }),
  ),
  ...both(
    'without',
    variadic([any, any], LIST, ([list], unwanted, context) =>
      listElements(list, 'Cannot find without on type %', context).filter((element) => !isAmong(unwanted, element, context)),
    ),
  ),
  ...both(
    'has',
    fixed([any, any], BOOL, ([wanted, list], context) =>
      list === null ? false : isAmong(listElements(list, 'Cannot find has on type %'), wanted, context),
    ),
  ),
  [
    'concat',
    variadic([any], ANY, (_, lists, context) => {
      const all = lists.flatMap((list) => listElements(list, 'Cannot concat type % as list', context));
      return all.length === 0 ? NIL_LIST : all;
    }),
  ],
]);
