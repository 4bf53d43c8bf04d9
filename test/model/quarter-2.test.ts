import { tryQuarter } from './quarters.ts';

tryQuarter(2);
