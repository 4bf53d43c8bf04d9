import * as z from 'zod';

/** What cannot stand in a header would come back in the runtime's own error, and with it the secret. */
export const secret = z.string().regex(/^[\x21-\x7e]{1,2000}$/, 'must be printable and without spaces');
