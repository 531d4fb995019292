using System.Globalization;
using System.Text;

namespace AkkaKv.Simulation.Membership;

/// <summary>Two small diagrams side by side, both with S in powers of ten below.</summary>
internal static class MembershipPlot
{
    private const double Width = 360;
    private const double Height = 240;
    private const double Left = 60;
    private const double Top = 40;
    private const string Gossip = "#1f6f8b";
    private const string Frames = "#7fb7be";
    private const string Plain = "#c8553d";

    public static string Of(MeasurementOptions options, IReadOnlyList<CostRow> cost, IReadOnlyList<RoundsRow> rounds)
    {
        var svg = new StringBuilder();
        svg.AppendLine("""<svg xmlns="http://www.w3.org/2000/svg" width="920" height="364" viewBox="0 0 920 364" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="920" height="364" fill="white"/>""");
        Panel(svg, 0, "bytes sent per node per second", [("100", 2), ("1 k", 3), ("10 k", 4), ("100 k", 5)], 2, 5);
        Line(svg, 0, Frames, "gossip, frames alone", [.. cost.Select(row => (row.Nodes, Math.Log10(row.Gossip)))], 2, 5, 18);
        Line(svg, 0, Gossip, "gossip with packets", [.. cost.Select(row => (row.Nodes, Math.Log10(row.GossipPackets)))], 2, 5);
        Line(svg, 0, Plain, "multicast to all with packets", [.. cost.Select(row => (row.Nodes, Math.Log10(row.PlainPackets)))], 2, 5);
        Panel(svg, 460, "rounds until news has reached all", [("0", 0), ("5", 5), ("10", 10)], 0, 12);
        Line(svg, 460, Gossip, "measured, median", [.. rounds.Select(row => (row.Nodes, row.Rounds))], 0, 12);
        Line(svg, 460, "#999999", "log₂ S", [.. rounds.Select(row => (row.Nodes, Math.Log2(row.Nodes)))], 0, 12);
        string runs = string.Join("; ", rounds.Select(row => Inv($"{row.Nodes:N0}: {row.Runs}")));
        svg.AppendLine(Inv($"""<text x="{Left}" y="350" fill="#666666">largest message {options.Membership.GossipBytesMax} bytes; 1 % of messages lost; seeds from {options.Seed}; runs for the rounds by nodes: {runs}</text>"""));
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder svg, double x, string title, (string Text, double Value)[] marks, double low, double high)
    {
        svg.AppendLine(Inv($"""<text x="{x + Left}" y="24" font-weight="bold">{title}</text>"""));
        foreach ((string text, double value) in marks)
        {
            double y = Y(value, low, high);
            svg.AppendLine(Inv($"""<line x1="{x + Left}" x2="{x + Left + Width}" y1="{y:0.0}" y2="{y:0.0}" stroke="#dddddd"/>"""));
            svg.AppendLine(Inv($"""<text x="{x + Left - 8}" y="{y + 4:0.0}" text-anchor="end">{text}</text>"""));
        }

        foreach (int nodes in (int[])[1, 10, 100, 1_000])
            svg.AppendLine(Inv($"""<text x="{X(x, nodes):0.0}" y="{Top + Height + 20}" text-anchor="middle">{nodes}</text>"""));
        svg.AppendLine(Inv($"""<text x="{x + Left + (Width / 2)}" y="{Top + Height + 42}" text-anchor="middle">nodes</text>"""));
    }

    private static void Line(StringBuilder svg, double x, string color, string name, IReadOnlyList<(int Nodes, double Value)> points, double low, double high, double labelDown = -8)
    {
        string path = string.Join(' ', points.Select(point => Inv($"{X(x, point.Nodes):0.0},{Y(point.Value, low, high):0.0}")));
        svg.AppendLine(Inv($"""<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>"""));
        foreach ((int nodes, double value) in points)
            svg.AppendLine(Inv($"""<circle cx="{X(x, nodes):0.0}" cy="{Y(value, low, high):0.0}" r="3" fill="{color}"/>"""));
        (int lastNodes, double last) = points[^1];
        svg.AppendLine(Inv($"""<text x="{X(x, lastNodes):0.0}" y="{Y(last, low, high) + labelDown:0.0}" fill="{color}" text-anchor="end">{name}</text>"""));
    }

    private static double X(double x, int nodes) => x + Left + (Width * Math.Log10(nodes) / 3);

    private static double Y(double value, double low, double high) => Top + (Height * (1 - ((Math.Clamp(value, low, high) - low) / (high - low))));

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
