import { errnoNumber } from '#seccomp/errno.ts';
import type { Action, ArgIndex } from '#seccomp/ir.ts';
import type {
  ProfileCondition,
  ProfileDocument,
  ProfileGroup,
  ProfileLayer,
  ProfileValue,
  Written,
} from '#seccomp/profile.ts';
import type { ParsedText } from './parse.ts';
import type { ProfileFile } from './profile-schema.ts';

type FileLayer = Pick<ProfileFile, 'groups' | 'remove'>;
type FileGroup = NonNullable<ProfileFile['groups']>[number];
type FileAction = NonNullable<FileGroup['action']>;
type FileCondition = NonNullable<FileGroup['when']>[number];
type Path = readonly (string | number)[];

/** A valid profile file in the words of src/seccomp, every part with its place in the text. */
export function profileDocument(file: ProfileFile, parsed: ParsedText): ProfileDocument {
  const convert = new Converter(parsed);
  const { name, description = '', languages = {} } = file;
  return {
    label: parsed.file,
    name,
    description,
    defaultAction: convert.action(file.default, ['default']),
    layer: convert.layer(file, []),
    languages: new Map(
      Object.entries(languages).map(([id, layer]) => [id, convert.layer(layer, ['languages', id])]),
    ),
  };
}

class Converter {
  readonly #parsed: ParsedText;

  constructor(parsed: ParsedText) {
    this.#parsed = parsed;
  }

  layer({ groups = [], remove = [] }: FileLayer, path: Path): ProfileLayer {
    return {
      groups: groups.map((group, index) => this.#group(group, [...path, 'groups', index])),
      remove: remove.map((name, index) => this.#written(name, [...path, 'remove', index])),
    };
  }

  action(action: FileAction | undefined, path: Path): Written<Action> | undefined {
    return action === undefined ? undefined : this.#written(toAction(action), path);
  }

  #group({ why, syscalls, action = 'allow', when = [], otherwise }: FileGroup, path: Path): ProfileGroup {
    return {
      syscalls: syscalls.map((name, index) => this.#written(name, [...path, 'syscalls', index])),
      why: why.trim(),
      action: this.#written(toAction(action), [...path, 'action']),
      when: when.map((condition, index) => this.#written(toCondition(condition), [...path, 'when', index])),
      otherwise: this.action(otherwise, [...path, 'otherwise']),
    };
  }

  #written<T>(value: T, path: Path): Written<T> {
    const place = { file: this.#parsed.file, ...this.#parsed.locate(path, 'value') };
    return { value, path: path.join('.'), place };
  }
}

function toAction(action: FileAction): Action {
  if (typeof action === 'string') return { kind: action };
  const { errno } = action;
  return { kind: 'errno', errno: typeof errno === 'string' ? (errnoNumber(errno) as number) : errno };
}

function toCondition({ arg, op, value, mask, width }: FileCondition): ProfileCondition {
  const condition = { op, arg: arg as ArgIndex, width, value: toValue(value) };
  return mask === undefined ? condition : { ...condition, mask: toValue(mask) };
}

function toValue(value: string | number | bigint): ProfileValue {
  return typeof value === 'string' ? value : BigInt(value);
}
