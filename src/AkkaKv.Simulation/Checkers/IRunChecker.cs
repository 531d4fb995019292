namespace AkkaKv.Simulation.Checkers;

/// <summary>Looks at a finished run for one promise.</summary>
internal interface IRunChecker
{
    /// <summary>The promise, in the words of the design.</summary>
    string Promise { get; }

    void Check(RunEvidence evidence, Action<string> broken);
}

/// <summary>All checkers that look at a finished run; those of promises 5, 13 and of liveness look while it goes on.</summary>
internal static class RunCheckers
{
    public static IReadOnlyList<IRunChecker> All { get; } =
    [
        new OriginChecker(),
        new SiblingChecker(),
        new QuietClientChecker(),
        new OverlapChecker(),
        new SessionChecker(),
        new ConvergenceChecker(),
        new AcknowledgedWriteChecker(),
        new DeletedKeyChecker(),
    ];
}
