// Runs after pyvis has made `network`, `nodes` and `edges`: boundaries as boxes, tooltips as text, a filter by class.
(function () {
  "use strict";
  var page = JSON.parse(document.getElementById("page-data").textContent);

  // pyvis shows a tooltip that contains the word "href" as HTML; set after it has looked, they all stay text.
  nodes.update(Object.keys(page.node_titles).map(function (id) { return { id: id, title: page.node_titles[id] }; }));
  edges.update(Object.keys(page.edge_titles).map(function (id) { return { id: id, title: page.edge_titles[id] }; }));

  function around(frame) {
    return frame.members.reduce(function (box, id) {
      var b = network.getBoundingBox(id);
      return b ? { left: Math.min(box.left, b.left), top: Math.min(box.top, b.top),
                   right: Math.max(box.right, b.right), bottom: Math.max(box.bottom, b.bottom) } : box;
    }, { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity });
  }

  network.on("beforeDrawing", function (context) {
    page.frames.forEach(function (frame) {
      var box = around(frame), pad = 10 + 13 * frame.height, head = 24 * (frame.height + 1);
      if (box.left === Infinity) { return; }
      var x = box.left - pad, y = box.top - pad - head + 6, w = box.right - box.left + 2 * pad, h = box.bottom - y + pad;
      context.save();
      context.fillStyle = frame.ground;
      context.strokeStyle = frame.border;
      context.lineWidth = 1.5;
      context.setLineDash([8, 4]);
      context.fillRect(x, y, w, h);
      context.strokeRect(x, y, w, h);
      context.fillStyle = frame.border;
      context.font = "bold 13px Arial, Helvetica, sans-serif";
      context.textBaseline = "top";
      context.fillText(frame.title, x + 10, y + 8, Math.max(w - 20, 40));
      context.restore();
    });
  });

  document.getElementById("least-class").addEventListener("change", function (event) {
    var least = Number(event.target.value);
    edges.update(edges.getIds().map(function (id) { return { id: id, hidden: page.edge_ranks[id] < least }; }));
  });
  network.fit();
  network.moveTo({ scale: network.getScale() * 0.92 });  // room for the boxes around the outermost nodes
})();
