import ended from '../../../src/core/text/catalogue/ended.json';
import refusal from '../../../src/core/text/catalogue/refusal.json';
import viewer from '../../../src/core/text/catalogue/viewer.json';
import { Texts } from '../../shared/text.js';
import { readAddress } from './address.js';
import type { Socket } from './link.js';
import './style.css';
import { Viewer } from './viewer.js';

const address = readAddress(location.hash, navigator.language);
new Viewer(new Texts(address.language, viewer, ended, refusal), address, {
  connect: (ticket) => new WebSocket(`wss://${location.host}/api/screen/socket?ticket=${ticket}`, 'shoji.v1') as Socket,
  reachable: async () => {
    try {
      await fetch('/screen/', { mode: 'no-cors', cache: 'no-store', credentials: 'omit' });
      return true;
    } catch {
      return false;
    }
  },
  random: Math.random,
}).start();
