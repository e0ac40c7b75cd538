/** Read a code as people and scanners type it: a QR code holds it alone, or at the end of an address. Pure. */
export function cleanCode(typed: string): string {
  const last = typed.trim().split(/[/=]/).at(-1) ?? "";
  return last.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}
