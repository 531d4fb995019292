namespace AkkaKv.Cluster.Tests.Abuse;

/// <summary>The judge of the hot keys is judged first: it must find each kind of wrong answer, and let right ones pass.</summary>
public sealed class WriteLedgerTests
{
    private readonly WriteLedger _ledger = new();

    [Fact]
    public void A_lost_acknowledged_write_is_found()
    {
        Write("first", WriteOutcome.Acknowledged);
        Write("blind", WriteOutcome.Acknowledged);
        _ledger.ErrorsOfEnd("k", ["blind"]).ShouldHaveSingleItem().ShouldContain("first was acknowledged and nobody replaced it");
        _ledger.ErrorsOfEnd("k", ["blind", "first"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_write_may_be_gone_when_an_unknown_one_had_seen_it_and_not_when_a_refused_one_had()
    {
        Write("first", WriteOutcome.Acknowledged);
        Write("refused", WriteOutcome.NotAttempted, "first");
        _ledger.MayBeGone("first").ShouldBeFalse();
        Write("unknown", WriteOutcome.Unknown, "first");
        _ledger.MayBeGone("first").ShouldBeTrue();
        _ledger.ErrorsOfEnd("k", ["unknown"]).ShouldBeEmpty();
        _ledger.ErrorsOfEnd("k", ["first"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_value_that_comes_back_is_found()
    {
        Write("first", WriteOutcome.Acknowledged);
        Write("second", WriteOutcome.Acknowledged, "first");
        Write("third", WriteOutcome.Acknowledged, "second");
        _ledger.ErrorsOfEnd("k", ["first", "third"]).ShouldHaveSingleItem().ShouldContain("is back");
        _ledger.ErrorsOfRead("k", ["first", "second"]).ShouldHaveSingleItem().ShouldContain("together with first");
        _ledger.ErrorsOfRead("k", ["third"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_value_that_nobody_wrote_there_or_that_was_refused_is_found()
    {
        Write("refused", WriteOutcome.NotAttempted);
        _ledger.ErrorsOfRead("k", ["refused"]).ShouldHaveSingleItem().ShouldContain("was refused, and appears");
        _ledger.ErrorsOfRead("k", ["invented"]).ShouldHaveSingleItem().ShouldContain("never written");
        Write("elsewhere", WriteOutcome.Acknowledged);
        _ledger.ErrorsOfRead("other key", ["elsewhere"]).ShouldHaveSingleItem().ShouldContain("never written there");
    }

    [Fact]
    public void A_value_that_is_returned_twice_is_found()
    {
        Write("once", WriteOutcome.Acknowledged);
        _ledger.ErrorsOfRead("k", ["once", "once"]).ShouldHaveSingleItem().ShouldContain("twice");
    }

    private void Write(string value, WriteOutcome outcome, params string[] covers) =>
        _ledger.Begin(new LedgerWrite("k", value, IsDelete: false, covers.ToHashSet())).Outcome = outcome;
}
