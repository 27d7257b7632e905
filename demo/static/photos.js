// The button appears once it works, and not over the full screen.
const button = document.getElementById('full');
const show = () => { button.style.visibility = document.fullscreenElement === null ? 'visible' : 'hidden'; };
button.addEventListener('click', () => document.documentElement.requestFullscreen());
document.addEventListener('fullscreenchange', show);
show();
