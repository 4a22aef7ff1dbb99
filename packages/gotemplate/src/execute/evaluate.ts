import { BUILTINS, callValue } from '../builtin/functions.ts';
import { quote } from '../format/quote.ts';
import type { ChainNode, CommandNode, FieldNode, IdentifierNode, Node, OperandNode, PipeNode, VariableNode } from '../parse/node.ts';
import { show } from '../parse/show-node.ts';
import { TemplateError } from '../template-error.ts';
import { FunctionError } from '../value/function.ts';
import type { CallContext, GoFunction, GoType, GoValue } from '../value/model.ts';
import { isTrue } from '../value/truth.ts';
import { ANY, CONCRETE, canBeNil, VALUE } from '../value/type.ts';
import { nameOfType, zeroOf } from '../value/value.ts';
import { converted, idealConstant, literal } from './convert.ts';
import { fieldOf, type Known, methodOf } from './field.ts';
import type { State } from './state.ts';

/** What a pipeline hands to its next command: nothing, at its first. */
const NOTHING: unique symbol = Symbol('nothing');
type Final = GoValue | typeof NOTHING;

/** Operands behind the name of what is called; undefined if it is not at the head of a command. */
type Args = readonly OperandNode[] | undefined;

/** Evaluates what stands within actions. */
export class Evaluator {
  readonly #functions: ReadonlyMap<string, GoFunction>;
  readonly #context: CallContext;

  constructor(functions: ReadonlyMap<string, GoFunction>, context: CallContext) {
    this.#functions = functions;
    this.#context = context;
  }

  /** The value of a pipeline; what it declares is declared. */
  pipeline(state: State, pipe: PipeNode | undefined): GoValue {
    if (pipe === undefined) return undefined;
    state.at(pipe);
    let value: Final = NOTHING;
    for (const command of pipe.commands) {
      value = this.#command(state, command, value);
      // A nil that may be anything is as good as no value, once it goes on.
      if (value === null) value = undefined;
    }
    const result = value === NOTHING ? undefined : value;
    for (const { name } of pipe.declared) {
      if (pipe.assigns) state.assign(name, result);
      else state.declare(name, result);
    }
    return result;
  }

  #command(state: State, { at, operands, kind }: CommandNode, final: Final): GoValue {
    const [first, ...args] = operands;
    switch (first.kind) {
      case 'field':
        return this.#field(state, first, { args, final }).value;
      case 'chain':
        return this.#chain(state, first, { args, final }).value;
      case 'variable':
        return this.#variable(state, first, { args, final }).value;
      case 'identifier':
        return this.#function(state, first, { args, final, node: { kind, at, operands } });
      case 'pipe':
        refuseArguments(state, first, { args, final });
        return this.pipeline(state, first);
    }
    state.at(first);
    refuseArguments(state, first, { args, final });
    switch (first.kind) {
      case 'dot':
        return state.dot;
      case 'nil':
        return state.fail('nil is not a command');
      case 'bool':
        return first.value;
      case 'string':
        return first.text;
      case 'number':
        return idealConstant(state, first);
    }
  }

  #field(state: State, node: FieldNode, { args, final }: Given): Known {
    state.at(node);
    return this.#fields(state, { value: state.dot, isAny: state.dotIsAny }, { node, names: node.fields, args, final });
  }

  #chain(state: State, node: ChainNode, { args, final }: Given): Known {
    state.at(node);
    if (node.of.kind === 'nil') return state.fail(`indirection through explicit nil in ${show(node)}`);
    const value = this.#argument(state, undefined, node.of);
    const isAny = node.of.kind === 'identifier' && this.#named(node.of.name)?.result === ANY;
    return this.#fields(state, { value, isAny }, { node, names: node.fields, args, final });
  }

  #variable(state: State, node: VariableNode, { args, final }: Given): Known {
    state.at(node);
    const variable = state.variable(node.name);
    if (node.fields.length === 0) {
      refuseArguments(state, node, { args, final });
      return variable;
    }
    return this.#fields(state, variable, { node, names: node.fields, args, final });
  }

  /** Fields of fields; the last one may be a method with arguments. */
  #fields(
    state: State,
    start: Known,
    { node, names, args, final }: Given & { readonly node: Node; readonly names: readonly string[] },
  ): Known {
    let known = start;
    for (let index = 0; index < names.length; index += 1) {
      const given: Given = index === names.length - 1 ? { args, final } : NO_ARGUMENTS;
      known = this.#fieldOf(state, known, { node, name: names[index] ?? '', ...given });
    }
    return known;
  }

  #fieldOf(state: State, known: Known, { node, name, args, final }: Given & { readonly node: Node; readonly name: string }): Known {
    if (known.value === undefined) {
      if (state.missingKey === 'error') return state.fail(`nil data; no entry for key ${quote(name)}`);
      return { value: undefined, isAny: false };
    }
    const method = methodOf(known.value, name);
    if (method !== undefined) return { value: this.#call(state, method, { node, name, args, final }), isAny: method.result === ANY };
    return fieldOf(state, known, { name, hasArgs: (args !== undefined && args.length > 0) || final !== NOTHING });
  }

  #named(name: string): GoFunction | undefined {
    return this.#functions.get(name) ?? BUILTINS.get(name);
  }

  #function(state: State, identifier: IdentifierNode, { args, final, node }: Given & { readonly node: Node }): GoValue {
    state.at(identifier);
    const { name } = identifier;
    const own = this.#functions.get(name);
    const callee = own ?? BUILTINS.get(name);
    if (callee === undefined) return state.fail(`${quote(name)} is not a defined function`);
    if (own === undefined && (name === 'and' || name === 'or')) return this.#shortCircuit(state, callee, { args, final, name });
    if (own !== undefined || name !== 'call') return this.#call(state, callee, { node, name, args, final });
    const [first] = args ?? [];
    const written = first === undefined ? shownFinal(final) : show(first);
    const call: GoFunction['call'] = (values, context) => callValue(written, values, context);
    return this.#call(state, { ...callee, call }, { node, name, args, final });
  }

  /** `and`, `or`: arguments behind the one that decides are not evaluated. */
  #shortCircuit(state: State, callee: GoFunction, { args = [], final, name }: Given & { readonly name: string }): GoValue {
    checkCount(state, callee, { name, given: args.length, final });
    let value: GoValue;
    for (const argument of args) {
      value = this.#argument(state, VALUE, argument);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === NOTHING ? value : final;
  }

  #call(
    state: State,
    callee: GoFunction,
    { node, name, args = [], final }: Given & { readonly node: Node; readonly name: string },
  ): GoValue {
    checkCount(state, callee, { name, given: args.length, final });
    const { params } = callee;
    const typeAt = (index: number): GoType => params[Math.min(index, params.length - 1)] ?? ANY;
    const values: GoValue[] = [];
    for (let index = 0; index < args.length; index += 1) {
      const argument = args[index];
      if (argument !== undefined) values.push(this.#argument(state, typeAt(index), argument));
    }
    if (final !== NOTHING) values.push(converted(state, final, typeAt(args.length)));
    try {
      return callee.call(values, this.#context);
    } catch (thrown) {
      const said = thrown instanceof FunctionError || (thrown instanceof TemplateError && thrown.kind !== 'limit');
      if (!said) throw thrown;
      state.at(node);
      return state.fail(`error calling ${name}: ${thrown.message}`, thrown);
    }
  }

  /** An operand as an argument of a type; of none, at the head of a chain. */
  #argument(state: State, type: GoType | undefined, node: OperandNode): GoValue {
    state.at(node);
    switch (node.kind) {
      case 'dot':
        return asArgument(state, { value: state.dot, isAny: state.dotIsAny }, type);
      case 'nil':
        if (type !== undefined && canBeNil(type)) return type === CONCRETE ? undefined : zeroOf(type);
        return state.fail(`cannot assign nil to ${type?.name ?? '%!s(<nil>)'}`);
      case 'field':
        return asArgument(state, this.#field(state, node, NO_ARGUMENTS), type);
      case 'variable':
        return asArgument(state, this.#variable(state, node, NO_ARGUMENTS), type);
      case 'pipe':
        return asArgument(state, { value: this.pipeline(state, node), isAny: false }, type);
      case 'identifier':
        return asArgument(
          state,
          { value: this.#function(state, node, { ...NO_ARGUMENTS, node }), isAny: this.#named(node.name)?.result === ANY },
          type,
        );
      case 'chain':
        return asArgument(state, this.#chain(state, node, NO_ARGUMENTS), type);
      default:
        return literal(state, node, type ?? ANY);
    }
  }
}

/** What is known as an argument of a type; of none, as it is. */
function asArgument(state: State, { value, isAny }: Known, type: GoType | undefined): GoValue {
  if (type === undefined) return value;
  return type === CONCRETE && isAny ? null : converted(state, value, type);
}

interface Given {
  readonly args?: Args;
  readonly final: Final;
}

const NO_ARGUMENTS: Given = { final: NOTHING };

function refuseArguments(state: State, node: OperandNode, { args = [], final }: Given): void {
  if (args.length > 0 || final !== NOTHING) state.fail(`can't give argument to non-function ${show(node)}`);
}

function checkCount(
  state: State,
  { params, variadic }: GoFunction,
  { name, given, final }: { readonly name: string; readonly given: number; readonly final: Final },
): void {
  const count = given + (final === NOTHING ? 0 : 1);
  const fixed = params.length - 1;
  if (variadic && count < fixed) state.fail(`wrong number of args for ${name}: want at least ${fixed} got ${given}`);
  if (!variadic && count !== params.length) state.fail(`wrong number of args for ${name}: want ${params.length} got ${count}`);
}

/** How Go names a callee that came down a pipeline. */
function shownFinal(final: Final): string {
  if (typeof final === 'string') return final;
  return final === NOTHING || final === undefined ? '<invalid Value>' : `<${nameOfType(final)} Value>`;
}
