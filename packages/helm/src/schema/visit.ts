import { isObject } from '../fields.ts';
import { type Failure, type Path, tokensOf } from './failure.ts';
import { pointerOf } from './location.ts';
import type { Schema } from './schema.ts';

/** The schemas that led to one. */
interface Scope {
  readonly schema: Schema;
  readonly parent: Scope | undefined;
  /** The same for schemas that look at the same value. */
  readonly valueId: number;
  readonly depth: number;
}

/** What of a value no schema has looked at yet. */
interface Open {
  readonly properties: Set<string>;
  readonly items: Set<number>;
}

/** What all visits of one value and one schema share. */
interface Run {
  left: number;
  readonly check: (visit: Visit) => Failure | undefined;
  readonly metaschemaAt: MetaschemaAt;
}

/** The schema of the schema at a pointer, when that has one of its own. */
export type MetaschemaAt = (pointer: string) => Schema | undefined;

interface VisitOptions {
  readonly run: Run;
  readonly schema: Schema;
  /** What it began with: where a schema in the value is of another draft, that goes on with another one. */
  readonly metaschema: Schema;
  readonly value: unknown;
  readonly path: Path | undefined;
  readonly scope: Scope;
  /** Whether only whether something is wrong counts, not what. */
  readonly isQuiet: boolean;
  readonly open: Open;
}

/** One look of a schema at a value. A class, because there are millions. */
export class Visit {
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: Path | undefined;
  readonly scope: Scope;
  readonly isQuiet: boolean;
  readonly open: Open;
  readonly run: Run;
  readonly errors: Failure[] = [];
  readonly #metaschema: Schema;

  constructor({ run, schema, metaschema, value, path, scope, isQuiet, open }: VisitOptions) {
    this.run = run;
    this.schema = schema;
    this.value = value;
    this.path = path;
    this.scope = scope;
    this.isQuiet = isQuiet;
    this.open = open;
    this.#metaschema = metaschema;
  }

  static first(schema: Schema, value: unknown, run: Run): Visit {
    const scope = { schema, parent: undefined, valueId: 0, depth: 0 };
    return new Visit({
      run,
      schema,
      metaschema: schema,
      value,
      path: undefined,
      scope,
      isQuiet: false,
      open: openOf(schema, value, false),
    });
  }

  /** Looks at the same value by another schema: what that has looked at, counts here. */
  checkSame(schema: Schema, isQuiet = false): Failure | undefined {
    const { value, path, scope, open } = this;
    const needs = open.properties.size > 0 || open.items.size > 0;
    const same = this.#visit({ schema, value, path, isQuiet: this.isQuiet || isQuiet }, scope.valueId, needs);
    const failure = this.run.check(same);
    if (failure === undefined && needs) {
      for (const name of open.properties) if (!same.open.properties.has(name)) open.properties.delete(name);
      for (const at of open.items) if (!same.open.items.has(at)) open.items.delete(at);
    }
    return failure;
  }

  /** Looks at something in the value. */
  checkBelow(schema: Schema, value: unknown, token: string): Failure | undefined {
    if (schema.says === true) return undefined;
    return this.run.check(
      this.#visit({ schema, value, path: { token, parent: this.path }, isQuiet: this.isQuiet }, this.scope.valueId + 1),
    );
  }

  /** Looks at something that is in no value: a name. */
  checkAlone(schema: Schema, value: unknown): Failure | undefined {
    return this.run.check(this.#visit({ schema, value, path: undefined, isQuiet: this.isQuiet }, this.scope.valueId + 1));
  }

  #visit(to: Pick<VisitOptions, 'schema' | 'value' | 'path' | 'isQuiet'>, valueId: number, needs = false): Visit {
    const { run, scope } = this;
    const own = to.schema === this.#metaschema ? run.metaschemaAt(pointerOf(tokensOf(to.path))) : undefined;
    const schema = own ?? to.schema;
    return new Visit({
      run,
      schema,
      metaschema: own ?? this.#metaschema,
      value: to.value,
      path: to.path,
      scope: { schema, parent: scope, valueId, depth: scope.depth + 1 },
      isQuiet: to.isQuiet,
      open: openOf(schema, to.value, needs),
    });
  }
}

/** Shared: nothing is ever put into it later. */
const NOTHING_OPEN: Open = { properties: new Set(), items: new Set() };

function openOf({ says }: Schema, value: unknown, isNeeded: boolean): Open {
  const keywords = typeof says === 'object' ? says : undefined;
  if (!isNeeded && keywords?.unevaluatedProperties === undefined && keywords?.unevaluatedItems === undefined) return NOTHING_OPEN;
  const open: Open = { properties: new Set(), items: new Set() };
  if (isObject(value)) {
    const counts = isNeeded || keywords?.unevaluatedProperties !== undefined;
    if (counts && keywords?.additionalProperties === undefined) for (const name of Object.keys(value)) open.properties.add(name);
  } else if (Array.isArray(value)) {
    const counts = isNeeded || keywords?.unevaluatedItems !== undefined;
    const areAllLookedAt = keywords?.items !== undefined || keywords?.additionalItems !== undefined;
    if (counts && !areAllLookedAt) for (let at = keywords?.prefixItems.length ?? 0; at < value.length; at++) open.items.add(at);
  }
  return open;
}

const QUIET: Failure = { path: undefined, text: '', kind: 'plain', causes: [] };

/** Something is wrong with the value that is looked at. */
export const failed = ({ isQuiet, path }: Visit, text: string): Failure => (isQuiet ? QUIET : { path, text, kind: 'plain', causes: [] });

/** The same, and it comes from something else. */
export const failedFor = (visit: Visit, text: string, causes: readonly Failure[]): Failure => ({ ...failed(visit, text), causes });
