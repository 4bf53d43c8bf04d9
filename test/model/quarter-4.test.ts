import { tryQuarter } from './quarters.ts';

tryQuarter(4);
