// Line drawings of 24×24 for the toolbar.
export const icons = {
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  reload: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4',
  zoomIn: 'M12 6v12M6 12h12',
  zoomOut: 'M6 12h12',
  fullScreen: 'M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4',
  leaveFullScreen: 'M9 5v4H5M19 9h-4V5M15 19v-4h4M5 15h4v4',
  closeWindow: 'M4 6h16v12H4zM9.5 9.5l5 5M14.5 9.5l-5 5',
  keyboard: 'M3 7h18v10H3zM6.5 10.5h.01M10 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8',
  why: 'M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.500-1.500-7.500-5-7.500-9.500V6zM9.800 9.500a2.200 2.200 0 1 1 3.400 1.900c-.8.5-1.200 1-1.200 1.800M12 16h.01',
  end: 'M12 4v8M7.500 6.500a7.500 7.500 0 1 0 9 0',
  close: 'M6 6l12 12M18 6L6 18',
  connected: 'M5 12.500l4.500 4.500L19 7.500',
  waiting: 'M12 4a8 8 0 1 1-8 8M12 8v4l3 2',
  broken: 'M12 4l9 16H3zM12 10v4M12 17h.01',
} as const;

export type IconName = keyof typeof icons;
