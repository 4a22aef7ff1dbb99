import type { Budget } from '../budget.ts';
import { printable } from '../builtin/printable-value.ts';
import { sprint } from '../format/print.ts';
import { quote } from '../format/quote.ts';
import type { BranchNode, ListNode, PipeNode, StatementNode, TemplateNode, Tree } from '../parse/node.ts';
import { show } from '../parse/show-node.ts';
import { elementsOf, sortedEntries } from '../value/entries.ts';
import type { GoFunction, GoValue } from '../value/model.ts';
import { isTrue } from '../value/truth.ts';
import { isInteger } from '../value/type.ts';
import { elementType, goValue, isNil, kindOf, nameOfType, rawOf, typeOf } from '../value/value.ts';
import { Evaluator } from './evaluate.ts';
import type { Known } from './field.ts';
import { type MissingKey, State } from './state.ts';

export interface ExecutionOptions {
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly missingKey: MissingKey;
  readonly budget: Budget;
  readonly templateNamed: (name: string) => Tree | undefined;
  /** What functions get when they ask for a template to be executed. */
  readonly execute: (template: string, data: GoValue) => string;
}

/** How a statement ends: `break` and `continue` end the statements around it, up to the next range. */
type Ending = 'break' | 'continue' | undefined;

/** Executes a template and returns what it prints. Throws `TemplateError`. */
export function execute(tree: Tree, data: GoValue, options: ExecutionOptions): string {
  const execution = new Execution(options);
  // A nil that is all there is has no type, not even that it may be any.
  execution.run(tree, data ?? undefined);
  return execution.text;
}

class Execution {
  text = '';
  readonly #options: ExecutionOptions;
  readonly #evaluator: Evaluator;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    const { functions, budget } = options;
    this.#evaluator = new Evaluator(functions, { spend: budget.spend, make: budget.make, execute: options.execute, budget });
  }

  run(tree: Tree, data: GoValue): void {
    const { budget, missingKey } = this.#options;
    this.#list(new State({ tree, data, budget, missingKey }), tree.root);
  }

  #list(state: State, { nodes }: ListNode): Ending {
    for (const node of nodes) {
      const ending = this.#statement(state, node);
      if (ending !== undefined) return ending;
    }
    return undefined;
  }

  #statement(state: State, node: StatementNode): Ending {
    state.at(node);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#evaluator.pipeline(state, node.pipe);
        if (node.pipe.declared.length > 0) return undefined;
        state.at(node);
        this.#print(state, value, node);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#branch(state, node);
      case 'range':
        this.#range(state, node);
        return undefined;
      case 'template':
        this.#template(state, node);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #write(text: string): void {
    this.#options.budget.make(text.length);
    this.text += text;
  }

  #print(state: State, value: GoValue, node: StatementNode): void {
    const shown = printable(value) ?? state.fail(`can't print ${show(node)} of type ${nameOfType(value)}`);
    this.text += sprint([shown], this.#options.budget.make);
  }

  #branch(state: State, { kind, pipe, list, elseList }: BranchNode): Ending {
    const mark = state.mark;
    const { dot, dotIsAny } = state;
    const value = this.#evaluator.pipeline(state, pipe);
    let ending: Ending;
    if (isTrue(value)) {
      if (kind === 'with') {
        state.dot = value;
        state.dotIsAny = false;
      }
      ending = this.#list(state, list);
      state.dot = dot;
      state.dotIsAny = dotIsAny;
    } else if (elseList !== undefined) ending = this.#list(state, elseList);
    state.forget(mark);
    return ending;
  }

  #template(state: State, { name, pipe }: TemplateNode): void {
    const { budget } = this.#options;
    const tree = this.#options.templateNamed(name) ?? state.fail(`template ${quote(name)} not defined`);
    if (budget.atMaxDepth) state.fail(`exceeded maximum template depth (${budget.maxDepth})`);
    const data = this.#evaluator.pipeline(state, pipe);
    budget.depth += 1;
    this.run(tree, data);
    budget.depth -= 1;
  }

  #range(state: State, node: BranchNode): void {
    const mark = state.mark;
    const { dot, dotIsAny } = state;
    const { pipe, elseList } = node;
    const value = this.#evaluator.pipeline(state, pipe);
    const inner = state.mark;
    let ran = false;
    for (const [key, element] of iterationsOf(state, value, pipe)) {
      ran = true;
      this.#options.budget.spend(1);
      setVariables(state, pipe, [key, element]);
      state.dot = element.value;
      state.dotIsAny = element.isAny;
      const ending = this.#list(state, node.list);
      state.forget(inner);
      if (ending === 'break') break;
    }
    state.dot = dot;
    state.dotIsAny = dotIsAny;
    if (!ran && elseList !== undefined) this.#list(state, elseList);
    state.forget(mark);
  }
}

function setVariables(state: State, { declared, assigns }: PipeNode, [key, element]: readonly [Known, Known]): void {
  const [first, second] = declared;
  if (first === undefined) return;
  if (!assigns) {
    state.assignLast(0, element.value, element.isAny);
    if (second !== undefined) state.assignLast(1, key.value, key.isAny);
  } else if (second === undefined) state.assign(first.name, element.value, element.isAny);
  else {
    state.assign(first.name, key.value, key.isAny);
    state.assign(second.name, element.value, element.isAny);
  }
}

const NONE: Known = { value: undefined, isAny: false };

/** Keys and elements, in the order in which a range gets them. */
function* iterationsOf(state: State, given: GoValue, { declared }: PipeNode): Generator<readonly [Known, Known]> {
  const value = kindOf(given) === 'ptr' && !isNil(given) ? (rawOf(given) as GoValue) : given;
  const kind = kindOf(value);
  const plural = declared.length > 1;
  if (value === undefined || value === null) return;
  if (isInteger(kind)) {
    if (plural) state.fail(`can't use ${sprint([value])} to iterate over more than one variable`);
    const type = typeOf(value);
    const end = rawOf(value) as bigint;
    for (let at = 0n; at < end && type !== undefined; at += 1n) yield [NONE, { value: goValue(type, at), isAny: false }];
    return;
  }
  const isAny = elementType(value).kind === 'interface';
  if (kind === 'map') {
    const entries = sortedEntries(value);
    for (const [key, element] of entries)
      yield [
        { value: key, isAny: false },
        { value: element, isAny },
      ];
    return;
  }
  if (kind === 'slice') {
    const elements = elementsOf(value);
    for (let at = 0; at < elements.length; at += 1)
      yield [
        { value: BigInt(at), isAny: false },
        { value: elements[at], isAny },
      ];
    return;
  }
  const sequence = kind === 'func' ? (value as GoFunction).sequence : undefined;
  if (sequence === undefined) return state.fail(`range can't iterate over ${sprint([value])}`);
  if (!sequence.pairs && plural) state.fail(`can't use ${sprint([value])} iterate over more than one variable`);
  for (const [first, second] of sequence.iterate()) {
    const known = { value: first, isAny: false };
    yield sequence.pairs && plural ? [known, { value: second, isAny: false }] : [NONE, known];
  }
}
