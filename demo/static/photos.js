const button = document.getElementById('full');
button.addEventListener('click', () => document.documentElement.requestFullscreen());
document.addEventListener('fullscreenchange', () => {
  button.style.visibility = document.fullscreenElement === null ? '' : 'hidden';
});
