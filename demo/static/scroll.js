const colours = ['#405060', '#c04060', '#40c060', '#4060c0', '#c0c040', '#40c0c0'];
const show = () => {
  document.getElementById('place').textContent = `${Math.round(scrollY)} px`;
  document.getElementById('far').style.background = colours[Math.min(Math.floor(scrollY / 100), colours.length - 1)];
};
addEventListener('scroll', show);
show();
