using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Transfer;

/// <summary>What one epoch asks of this node: fetching, or clearing.</summary>
internal interface IEpochTask
{
    bool IsDone { get; }

    void Begin(IActorContext context);

    /// <summary>Everyone has entered the epoch. Called once, after <see cref="Begin"/>.</summary>
    void OnAllEntered(IActorContext context);

    void OnCompared(IActorContext context, CompareTold told);

    void OnHints(IActorContext context, HintsTold told);

    EpochWork Progress(TimeSpan now);

    /// <summary>Another epoch was entered.</summary>
    void Abandon(IActorContext context);
}
