/** The tree of a template. Places are in UTF-16 units of the text that was parsed. */
interface Placed {
  readonly at: number;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly nodes: readonly StatementNode[];
}
export interface TextNode extends Placed {
  readonly kind: 'text';
  readonly text: string;
}
export interface ActionNode extends Placed {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends Placed {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface JumpNode extends Placed {
  readonly kind: 'break' | 'continue';
}
export interface TemplateNode extends Placed {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface PipeNode extends Placed {
  readonly kind: 'pipe';
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly declared: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}
export interface CommandNode extends Placed {
  readonly kind: 'command';
  /** At least one. */
  readonly operands: readonly [OperandNode, ...OperandNode[]];
}

export interface VariableNode extends Placed {
  readonly kind: 'variable';
  /** With its `$`. */
  readonly name: string;
  readonly fields: readonly string[];
}
export interface FieldNode extends Placed {
  readonly kind: 'field';
  readonly fields: readonly string[];
}
/** Fields of a function's result or of a pipeline in parentheses. */
export interface ChainNode extends Placed {
  readonly kind: 'chain';
  readonly of: OperandNode;
  readonly fields: readonly string[];
}
export interface IdentifierNode extends Placed {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface DotNode extends Placed {
  readonly kind: 'dot';
}
export interface NilNode extends Placed {
  readonly kind: 'nil';
}
export interface BoolNode extends Placed {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface StringNode extends Placed {
  readonly kind: 'string';
  readonly quoted: string;
  readonly text: string;
}
/** A constant, under every type that can hold it. */
export interface NumberNode extends Placed {
  readonly kind: 'number';
  readonly text: string;
  readonly int?: bigint;
  readonly uint?: bigint;
  readonly float?: number;
}

export type OperandNode =
  | PipeNode
  | VariableNode
  | FieldNode
  | ChainNode
  | IdentifierNode
  | DotNode
  | NilNode
  | BoolNode
  | StringNode
  | NumberNode;

export type StatementNode = TextNode | ActionNode | BranchNode | JumpNode | TemplateNode;
export type Node = ListNode | StatementNode | CommandNode | OperandNode;

/** A template of a text: the text itself, or what a `define` or `block` in it names. */
export interface Tree {
  readonly name: string;
  /** The name under which the text was parsed. */
  readonly parseName: string;
  readonly text: string;
  readonly root: ListNode;
}

/** Whether nothing but white space and definitions is in it: such a template replaces none. */
export function isEmpty({ nodes }: ListNode): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
