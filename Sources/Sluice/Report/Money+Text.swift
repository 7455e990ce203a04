extension Money {
    /// Dollars to the cent, or to the first two digits that say something below one; for a line that a person glances at.
    package var short: String {
        let dollars = Double(picoDollars) / Double(Self.picoDollarsPerDollar)
        if dollars >= 1 {
            let cents = (picoDollars / (Self.picoDollarsPerDollar / 1000) + 5) / 10
            return "\(cents / 100).\(cents / 10 % 10)\(cents % 10)"
        }
        var unit: Int64 = 1
        while picoDollars / unit >= 100 { unit *= 10 }
        return Money(picoDollars: picoDollars / unit * unit).description
    }
}
