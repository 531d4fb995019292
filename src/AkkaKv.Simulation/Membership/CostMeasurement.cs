using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Membership;

/// <summary>Bytes that each of so many nodes sends per second.</summary>
/// <param name="Gossip">Frames of gossip alone.</param>
/// <param name="GossipPackets">With their packets.</param>
/// <param name="PlainPackets">The plain way, with packets.</param>
internal sealed record CostRow(int Nodes, double Gossip, double GossipPackets, double PlainPackets);

/// <summary>What a node sends, by gossip and the plain way.</summary>
internal static class CostMeasurement
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    // It sends the same in every second, and a million messages in each of a thousand nodes.
    private static readonly TimeSpan PlainWarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainLength = TimeSpan.FromSeconds(5);

    // Ethernet 18, IPv4 20, TCP with time stamps 32: each message in a packet of its own, acknowledgements not counted.
    private const int PacketBytes = 70;

    public static IReadOnlyList<CostRow> Run(MeasurementOptions options, TextWriter output)
    {
        var rows = new List<CostRow>();
        output.WriteLine("| S | gossip: messages/s | bytes/s | with packets | heartbeat age: median, s | p99, s | suspect after: mean, s | multicast: messages/s | bytes/s | with packets | multicast ÷ gossip, with packets |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (int nodes in options.Nodes)
        {
            var shape = new MembershipShape(options.Seed, nodes, 0.01) { CountsBytes = true, Options = options.Membership, AgeTicks = options.AgeTicks };
            var ages = new Percentiles();
            var silences = new Percentiles();
            (double messages, double bytes) = Measure(shape, WarmUp, Length, world => Look(world, ages, silences));
            (double plainMessages, double plainBytes) = Measure(shape with { Make = (members, made) => new MulticastHeartbeatActor(members, made) }, PlainWarmUp, PlainLength, null);
            double packets = bytes + (PacketBytes * messages);
            double plainPackets = plainBytes + (PacketBytes * plainMessages);
            rows.Add(new CostRow(nodes, bytes, packets, plainPackets));
            output.WriteLine(FormattableString.Invariant(
                $"| {nodes:N0} | {messages:0.0} | {bytes:N0} | {packets:N0} | {ages.At(0.5):0.00} | {ages.At(0.99):0.00} | {silences.Mean:0.0} | {plainMessages:N0} | {plainBytes:N0} | {plainPackets:N0} | {plainPackets / packets:0.0} |"));
        }

        return rows;
    }

    private static (double Messages, double Bytes) Measure(MembershipShape shape, TimeSpan warmUp, TimeSpan length, Action<MembershipWorld>? look)
    {
        var world = new MembershipWorld(shape);
        world.Run(warmUp);
        world.Bytes = world.Messages = 0;
        world.Run(length);
        look?.Invoke(world);
        double nodeSeconds = shape.Nodes * length.TotalSeconds;
        return (world.Messages / nodeSeconds, world.Bytes / nodeSeconds);
    }

    private static void Look(MembershipWorld world, Percentiles ages, Percentiles silences)
    {
        for (int observer = 0; observer < world.Shape.Nodes; observer++)
        {
            IReadOnlyList<MemberStatus> members = world.Ask(observer);
            for (int member = 0; member < members.Count; member++)
            {
                if (member == observer)
                    continue;
                ages.Add(members[member].HeartbeatAge?.TotalSeconds ?? double.PositiveInfinity);
                silences.Add(members[member].SuspectAfter.TotalSeconds);
            }
        }
    }
}
