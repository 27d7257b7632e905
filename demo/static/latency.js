const colours = ['#c02040', '#2040c0'];
let presses = 0;
const block = document.getElementById('block');
block.style.background = colours[0];
addEventListener('keydown', () => {
  presses += 1;
  block.style.background = colours[presses % 2];
});
