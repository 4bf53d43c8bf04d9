/** Where files wait while they are read. */
export interface ImportFiles {
  /** Writes parts as they come; all but the last are equally long. What fails leaves nothing. */
  write(name: string, parts: AsyncIterator<Uint8Array>): Promise<void>;
  read(name: string, offset: number, length: number): Promise<Uint8Array>;
  remove(name: string): Promise<void>;
}

export function filesInR2(bucket: R2Bucket): ImportFiles {
  return {
    write: async (name, parts) => {
      const first = await parts.next();
      const second = await parts.next();
      if (second.done === true) {
        await bucket.put(name, first.done === true ? new Uint8Array() : first.value);
        return;
      }
      const upload = await bucket.createMultipartUpload(name);
      try {
        const uploaded = [await upload.uploadPart(1, first.value), await upload.uploadPart(2, second.value)];
        for (let part = await parts.next(); part.done !== true; part = await parts.next())
          uploaded.push(await upload.uploadPart(uploaded.length + 1, part.value));
        await upload.complete(uploaded);
      } catch (error) {
        await upload.abort();
        throw error;
      }
    },
    read: async (name, offset, length) => {
      const object = await bucket.get(name, { range: { offset, length } });
      if (object === null) throw new Error(`the file ${name} is gone`);
      return new Uint8Array(await object.arrayBuffer());
    },
    remove: async (name) => bucket.delete(name),
  };
}
