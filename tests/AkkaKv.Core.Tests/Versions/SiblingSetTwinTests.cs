using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Versions;

/// <summary>Random lives of one key: replicas, clients with old and new contexts, merges in any order.</summary>
public sealed class SiblingSetTwinTests(ITestOutputHelper output)
{
    private const int Replicas = 4;
    private const int Clients = 3;
    private const int Steps = 60;

    [Fact]
    public void A_set_shows_what_the_twin_with_the_whole_history_shows()
    {
        ulong fresh = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seeds 1 to 2000, and {fresh}");
        for (ulong seed = 1; seed <= 2000; seed++)
            Live(seed);
        Live(fresh);
    }

    private static void Live(ulong seed)
    {
        var random = new RandomSource(seed);
        var sets = new SiblingSet[Replicas];
        var twins = new HistoryTwin[Replicas];
        var contexts = new (SiblingSet Set, HistoryTwin Twin)[Clients];
        Array.Fill(sets, SiblingSet.Empty);
        Array.Fill(twins, HistoryTwin.Empty);
        Array.Fill(contexts, (SiblingSet.Empty, HistoryTwin.Empty));
        ulong counter = 0;
        for (int step = 0; step < Steps; step++)
        {
            int at = random.Next(Replicas);
            int other = random.Next(Replicas);
            int client = random.Next(Clients);
            switch (random.Next(4))
            {
                case 0:
                    contexts[client] = (sets[at], twins[at]);
                    break;
                case 1:
                    var dot = new Dot((ulong)at + 1, ++counter);
                    VersionVector seen = contexts[client].Set.Seen;
                    sets[at] = sets[at].Put(seen, dot, new ValueContent(new byte[] { (byte)counter }, null, 0));
                    twins[at] = twins[at].Put(contexts[client].Twin, dot);
                    break;
                default:
                    sets[at].Includes(sets[other]).ShouldBe(Same(sets[at].Merge(sets[other]), sets[at]), $"seed {seed}, step {step}: Includes foretells Merge");
                    sets[at] = sets[at].Merge(sets[other]);
                    twins[at] = twins[at].Merge(twins[other]);
                    break;
            }

            Dots(sets[at]).ShouldBe(twins[at].Visible().ToArray(), $"seed {seed}, step {step}");
        }
    }

    private static bool Same(SiblingSet left, SiblingSet right) =>
        SiblingSetCodec.Encode(left).Span.SequenceEqual(SiblingSetCodec.Encode(right).Span);

    private static Dot[] Dots(SiblingSet set)
    {
        var dots = new Dot[set.Count];
        for (int i = 0; i < dots.Length; i++)
            dots[i] = set.Values[i].Dot;
        return dots;
    }
}
