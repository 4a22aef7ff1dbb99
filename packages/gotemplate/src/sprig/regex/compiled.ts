import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { TemplateError } from '../../template-error.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext } from '../../value/model.ts';
import { translated } from './translate.ts';

/** An expression that Go's regexp refuses. The message is Go's own. */
export class InvalidExpression extends FunctionError {}

const MAX_CHARACTERS = 3_000;
/** Repetitions of repetitions grow while they are compiled. One that is too large has taken a second or two by then, and ends the template. */
const MAX_INSTRUCTIONS = 50_000;
/** In what compiling an instruction takes. */
const STEPS_PER_INSTRUCTION = 8;
const MAX_KEPT = 200;

/** Expressions that were compiled before, the latest ones. */
export class Expressions {
  readonly #kept = new Map<string, RE2JS>();

  /** Throws `InvalidExpression`; `TemplateError` for what is too large to be executed. */
  compile(expression: string, { spend }: Pick<CallContext, 'spend'>): RE2JS {
    spend(1 + expression.length / 16);
    const known = this.#kept.get(expression);
    if (known !== undefined) return known;
    const compiled = compile(expression);
    spend(compiled.programSize() * STEPS_PER_INSTRUCTION);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(expression, compiled);
    return compiled;
  }
}

function compile(expression: string): RE2JS {
  if (expression.length > MAX_CHARACTERS) throw tooLarge(`is longer than ${MAX_CHARACTERS} characters`);
  const compiled = parsed(expression);
  if (compiled.programSize() > MAX_INSTRUCTIONS) throw tooLarge(`has more than ${MAX_INSTRUCTIONS} steps`);
  return compiled;
}

function parsed(expression: string): RE2JS {
  if (!expression.isWellFormed()) throw new InvalidExpression(`error parsing regexp: invalid UTF-8: \`${expression}\``);
  const ours = translated(expression);
  try {
    return RE2JS.compile(ours);
  } catch (thrown) {
    if (thrown instanceof RE2JSSyntaxException) {
      const part = thrown.getPattern() ?? '';
      throw new InvalidExpression(`error parsing regexp: ${thrown.getDescription()}: \`${part === ours ? expression : part}\``, {
        cause: thrown,
      });
    }
    if (thrown instanceof RE2JSException) throw new InvalidExpression(thrown.message, { cause: thrown });
    throw thrown;
  }
}

const tooLarge = (how: string): TemplateError => new TemplateError(`a regular expression of the template ${how}`, { kind: 'limit' });
