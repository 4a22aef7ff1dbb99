/** Space of any kind becomes a space, and what cannot be printed is dropped, as Helm does with every text of a Chart.yaml. */
export const sanitized = (text: string): string =>
  /^[\x20-\x7E]*$/.test(text) ? text : text.replace(/\p{White_Space}/gu, ' ').replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
