/** The builders of root file systems, loaded when they are wanted, since most processes never need them. */
export function rootfsCommands(): Promise<typeof import('./rootfs-commands.ts')> {
  return import('./rootfs-commands.ts');
}
