/** Shell syntax that is not carried out, by unbash's name of the node, as a person writes it. */
export const refusedNodes: Readonly<Record<string, string>> = {
  Function: '()',
  While: 'while',
  Case: 'case',
  Select: 'select',
  Coproc: 'coproc',
  ArithmeticFor: 'for ((',
  ArithmeticCommand: '((',
  TestCommand: '[[',
  ArithmeticExpansion: '$((',
  ProcessSubstitution: '<(',
  ExtendedGlob: 'extglob',
};
