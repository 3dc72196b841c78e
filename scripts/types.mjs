// `npm run types`: writes ui/src/host/types.ts from the engine's view models.
import { main, run } from './terminal.mjs';

main(async () => {
  const args = ['test', '-q', '-p', 'refill-engine', '--test', 'types'];
  const { code } = await run(['cargo', ...args], { env: { UPDATE_TYPES: '1' } });
  return code;
});
