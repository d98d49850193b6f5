import type { Attack } from '#escape/types.ts';
import { archive } from './archive.ts';
import { argvInject } from './argv-inject.ts';
import { artefactFlood } from './artefact-flood.ts';
import { artefactHardlink } from './artefact-hardlink.ts';
import { artefactSwap } from './artefact-swap.ts';
import { artefactSymlink } from './artefact-symlink.ts';
import { blockedSupervisor } from './blocked-supervisor.ts';
import { cleanupFollow } from './cleanup-follow.ts';
import { configInject } from './config-inject.ts';
import { escapeSeq } from './escape-seq.ts';
import { exporterConfined } from './exporter-confined.ts';
import { idReuse } from './id-reuse.ts';
import { killedLauncher } from './killed-launcher.ts';
import { killedSupervisor } from './killed-supervisor.ts';
import { logForge } from './log-forge.ts';
import { metaPredict } from './meta-predict.ts';
import { relaunchRace } from './relaunch-race.ts';
import { requestWidens } from './request-widens.ts';
import { setupSymlink } from './setup-symlink.ts';
import { unicodeSplit } from './unicode-split.ts';
import { uploadPath } from './upload-path.ts';

export const HOST_ATTACKS: readonly Attack[] = [
  setupSymlink,
  artefactSymlink,
  artefactSwap,
  artefactHardlink,
  artefactFlood,
  uploadPath,
  archive,
  escapeSeq,
  logForge,
  argvInject,
  configInject,
  metaPredict,
  cleanupFollow,
  idReuse,
  unicodeSplit,
  relaunchRace,
  blockedSupervisor,
  killedLauncher,
  killedSupervisor,
  exporterConfined,
  requestWidens,
];
