/** A count as English writes it, with commas. */
export const countText = (count: number): string => count.toLocaleString('en-US');

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as the English printer of Helm's library has it: with commas, from a million on and below a ten thousandth as a product. */
export function numberText(value: number | bigint): string {
  const float = Number(value);
  const [digits = '', exponent = '0'] = float.toExponential().split('e');
  const power = Number(exponent);
  if (float === 0 || (power >= -4 && power < 6)) return float.toLocaleString('en-US', { maximumFractionDigits: 20 });
  const raised = String(Math.abs(power))
    .padStart(2, '0')
    .replace(/[0-9]/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)));
  return `${digits}×10${power < 0 ? '⁻' : ''}${raised}`;
}
