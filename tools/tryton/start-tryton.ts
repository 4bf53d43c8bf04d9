import { randomBytes } from 'node:crypto';
import { trytonUser, type TrytonUser } from './ask-tryton.ts';
import { copyEmptyDatabase } from './database.ts';
import { startServer, type TrytonProcess } from './server.ts';
import { setUpShop } from './set-up.ts';

export interface Tryton extends TrytonProcess {
  readonly user: string;
  readonly password: string;
  readonly adminPassword: string;
  readonly admin: TrytonUser;
}

/** A Tryton of its own in an empty folder, with a company and warehouses of these codes, and nothing in stock. */
export async function startTryton(
  folder: string,
  { warehouses, port = 0 }: { readonly warehouses: readonly string[]; readonly port?: number },
): Promise<Tryton> {
  const { adminPassword } = await copyEmptyDatabase(folder);
  const server = await startServer(folder, port);
  try {
    const admin = await trytonUser(server.url, 'admin', adminPassword);
    const us = { user: 'holdfast', password: randomBytes(18).toString('base64url') };
    await setUpShop(admin, { ...us, warehouses });
    return { ...server, ...us, adminPassword, admin };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
