// Only what needs types, which Biome cannot see through imports: a lost promise in a supervisor is a leaked sandbox.
// Formatting and every other lint rule are Biome's (biome.json).
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** @type {import('eslint').Linter.RulesRecord} */
const lostPromises = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

const typed = {
  parser: tseslint.parser,
  parserOptions: { tsconfigRootDir: import.meta.dirname },
};

export default defineConfig([
  { ignores: ['dist', 'coverage', 'src/**/*.generated.ts'] },
  {
    files: ['src/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { ...typed, parserOptions: { ...typed.parserOptions, project: './tsconfig.json' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: lostPromises,
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'vitest.config.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { ...typed, parserOptions: { ...typed.parserOptions, project: './test/tsconfig.json' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: lostPromises,
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='process'][callee.property.name=/^(exit|reallyExit|abort)$/]",
          message: 'Throw a WarderError; only src/cli decides how the process ends.',
        },
        {
          selector: "AssignmentExpression[left.object.name='process'][left.property.name='exitCode']",
          message: 'Throw a WarderError; only src/cli decides how the process ends.',
        },
      ],
    },
  },
]);
