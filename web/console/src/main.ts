import messages from '../../../src/core/text/catalogue/console.json';
import gateway from '../../../src/core/text/catalogue/gateway.json';
import policy from '../../../src/core/text/catalogue/policy.json';
import { Texts } from '../../shared/text.js';
import { Api } from './api.js';
import { App } from './app.js';
import { language } from './settings.js';
import './style.css';

void new App(new Texts(language(), messages, gateway, policy), new Api((path, init) => fetch(path, init))).load();
