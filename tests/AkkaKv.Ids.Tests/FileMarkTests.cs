namespace AkkaKv.Ids.Tests;

public sealed class FileMarkTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkakv-ids-");

    private string FilePath => Path.Combine(_directory.FullName, "mark");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void What_was_written_is_read_after_a_restart()
    {
        using (FileMark mark = FileMark.Open(FilePath))
        {
            mark.Read().ShouldBeNull();
            for (int i = 1; i <= 5; i++)
                mark.Write(Mark(i * 1_000));
        }

        using FileMark again = FileMark.Open(FilePath);
        again.Read().ShouldBe(Mark(5_000));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_torn_write_leaves_the_mark_before_it(int writes)
    {
        using (FileMark mark = FileMark.Open(FilePath))
        {
            mark.Read();
            for (int i = 1; i <= writes; i++)
                mark.Write(Mark(i * 1_000));
        }

        // A fresh file's first write goes to the first place.
        int place = (writes - 1) % 2;
        byte[] bytes = File.ReadAllBytes(FilePath);
        bytes[(place * 4096) + 20] ^= 0xFF;
        File.WriteAllBytes(FilePath, bytes);
        using FileMark again = FileMark.Open(FilePath);
        again.Read().ShouldBe(Mark((writes - 1) * 1_000));
        again.Write(Mark(9_000));
        again.Read().ShouldBe(Mark(9_000));
    }

    [Fact]
    public void Foreign_bytes_are_refused()
    {
        File.WriteAllText(FilePath, new string('x', 9_000));

        using FileMark mark = FileMark.Open(FilePath);
        Should.Throw<IOException>(() => mark.Read()).Message.ShouldContain("must hold a mark of ids");
    }

    [Fact]
    public void A_file_has_one_owner()
    {
        using FileMark mark = FileMark.Open(FilePath);

        Should.Throw<IOException>(() => FileMark.Open(FilePath));
    }

    private static SnowflakeMark Mark(long millis) => new(SnowflakeLayout.Default, millis);
}
