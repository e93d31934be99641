"""Layout, SVG and the page that one shares."""
