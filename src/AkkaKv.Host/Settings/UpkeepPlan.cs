using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Host.Settings;

/// <summary>The settings of upkeep in the words of the actors.</summary>
internal static class UpkeepPlan
{
    public static NodeOptions Apply(NodeOptions actors, UpkeepOptions upkeep) => actors with
    {
        Membership = MembershipOf(upkeep),
        Hints = actors.Hints with { BytesMax = upkeep.HintBytesMax, Lifetime = upkeep.HintLifetime },
        AntiEntropy = actors.AntiEntropy with
        {
            Interval = upkeep.AntiEntropyInterval,
            Window = upkeep.AntiEntropyWindow is { } window ? new DailyWindow(window.From, window.To) : null,
        },
        Reaping = actors.Reaping with { Grace = upkeep.TombstoneGrace, SweepInterval = upkeep.TombstoneSweepInterval },
    };

    private static MembershipOptions MembershipOf(UpkeepOptions upkeep)
    {
        var usual = new PhiOptions();
        // Slow gossip or a long pause must not make the last resort the first.
        TimeSpan silence = 5 * (upkeep.GossipInterval + upkeep.AcceptablePause);
        return new MembershipOptions
        {
            Tick = upkeep.GossipInterval,
            Phi = usual with
            {
                Threshold = upkeep.PhiThreshold,
                AcceptablePause = upkeep.AcceptablePause,
                FirstInterval = upkeep.GossipInterval,
                NoProgressMax = silence > usual.NoProgressMax ? silence : usual.NoProgressMax,
            },
        };
    }
}
