// Takes bodies, one a line, through the editor's document and back. script_test.go compares with press.Body.Normalize.
import { createInterface } from 'node:readline';
import { getSchema } from '@tiptap/core';
import { Node } from '@tiptap/pm/model';
import { fromDoc, toDoc } from '../src/editor/body.ts';
import { extensions } from '../src/editor/schema.ts';

const schema = getSchema(extensions());
for await (const line of createInterface({ input: process.stdin })) {
  const node = Node.fromJSON(schema, toDoc(JSON.parse(line)));
  node.check();
  process.stdout.write(`${JSON.stringify(fromDoc(node.toJSON()))}\n`);
}
