import { quote } from '../format/quote.ts';
import type { Node, PipeNode } from './node.ts';

/** A node as error messages show it: as it was written, with the spaces of whoever wrote Go. */
export function show(node: Node): string {
  switch (node.kind) {
    case 'list':
      return node.nodes.map(show).join('');
    case 'text':
      return node.text;
    case 'action':
      return `{{${show(node.pipe)}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${show(node.elseList)}`;
      return `{{${node.kind} ${show(node.pipe)}}}${show(node.list)}${otherwise}{{end}}`;
    }
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${show(node.pipe)}`}}}`;
    case 'pipe':
      return showPipe(node);
    case 'command':
      return node.operands.map(enclosed).join(' ');
    case 'variable':
      return [node.name, ...node.fields].join('.');
    case 'field':
      return showFields(node.fields);
    case 'chain':
      return enclosed(node.of) + showFields(node.fields);
    case 'identifier':
      return node.name;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'number':
      return node.text;
  }
}

const enclosed = (node: Node): string => (node.kind === 'pipe' ? `(${show(node)})` : show(node));
const showFields = (fields: readonly string[]): string => fields.map((field) => `.${field}`).join('');

function showPipe({ declared, assigns, commands }: PipeNode): string {
  const variables = declared.length === 0 ? '' : `${declared.map(show).join(', ')} ${assigns ? '=' : ':='} `;
  return variables + commands.map(show).join(' | ');
}
